/* fails: finds-all */
/* Goes on to the next query as soon as a server has answered. */
#include <arpa/inet.h>
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/select.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

static long long now(void) { struct timespec t; clock_gettime(CLOCK_MONOTONIC, &t); return t.tv_sec * 1000000LL + t.tv_nsec / 1000; }

struct found { struct in_addr who; char name[24]; } all[500];
static int count;

static const char *name_in(char *text, int n, int id) {
    char head[32];
    int h = sprintf(head, "HERE %d ", id);
    if (n < h + 1 || n > h + 20 || memcmp(text, head, h)) return NULL;
    for (int i = h; i < n; i++)
        if (!(text[i] == '-' || (text[i] >= '0' && text[i] <= '9') || ((text[i] | 32) >= 'a' && (text[i] | 32) <= 'z'))) return NULL;
    text[n] = 0;
    return text + h;
}

int main(int argc, char **argv) {
    const char *way = argc > 1 ? argv[1] : "broadcast";
    const char *to = !strcmp(way, "subnet") ? "192.168.15.255" : !strcmp(way, "multicast") ? "239.255.15.15" : "255.255.255.255";
    int s = socket(AF_INET, SOCK_DGRAM, 0), on = 1;
    unsigned char ttl = 1;
    setsockopt(s, SOL_SOCKET, SO_BROADCAST, &on, sizeof on);
    setsockopt(s, IPPROTO_IP, IP_MULTICAST_TTL, &ttl, sizeof ttl);
    struct sockaddr_in dest = {.sin_family = AF_INET, .sin_port = htons(15015), .sin_addr = {inet_addr(to)}};
    srand(getpid() ^ time(NULL));
    int id = 1 + rand() % 65535;
    static const int at[4] = {0, 100000, 300000, 1000000};
    long long begin = now();
    for (int q = 0; q < 3; q++) {
        char query[9000];
        int n = sprintf(query, "DISCOVER %d", id);
        if (count) n += sprintf(query + n, " KNOWN");
        for (int i = 0; i < count; i++) n += sprintf(query + n, " %s", inet_ntoa(all[i].who));
        if (sendto(s, query, n, 0, (void *)&dest, sizeof dest) < 0) perror("sendto");
        for (long long left; (left = begin + at[q + 1] - now()) > 0;) {
            struct timeval tv = {left / 1000000, left % 1000000};
            fd_set r;
            FD_ZERO(&r);
            FD_SET(s, &r);
            if (select(s + 1, &r, NULL, NULL, &tv) <= 0) continue;
            char text[2000];
            struct sockaddr_in from;
            socklen_t fl = sizeof from;
            ssize_t got = recvfrom(s, text, sizeof text - 1, MSG_DONTWAIT, (void *)&from, &fl);
            const char *name = got < 0 ? NULL : name_in(text, got, id);
            if (!name || count == 500) continue;
            int known = 0;
            for (int i = 0; i < count; i++) known |= all[i].who.s_addr == from.sin_addr.s_addr;
            if (known) continue;
            all[count].who = from.sin_addr;
            strcpy(all[count++].name, name);
            break;
        }
    }
    for (int i = 0; i < count; i++) printf("%-20s %15s\n", all[i].name, inet_ntoa(all[i].who));
    if (!count) { puts("nobody there"); return 1; }
    return 0;
}
