/* One socket, poll, and a deadline for each wait. */
#include <arpa/inet.h>
#include <ctype.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define MOST 256

struct server {
    struct in_addr address;
    char name[21];
};

static struct server servers[MOST];
static int count;

static long now_ms(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static void keep(const char *answer, size_t length, unsigned id, struct in_addr address) {
    char start[32];
    size_t prefix = (size_t)snprintf(start, sizeof start, "HERE %u ", id);
    if (length <= prefix || length > prefix + 20 || memcmp(answer, start, prefix) != 0)
        return;
    for (size_t at = prefix; at < length; at++)
        if (!isalnum((unsigned char)answer[at]) && answer[at] != '-')
            return;
    for (int at = 0; at < count; at++)
        if (servers[at].address.s_addr == address.s_addr)
            return;
    if (count == MOST)
        return;
    servers[count].address = address;
    memcpy(servers[count].name, answer + prefix, length - prefix);
    printf("%s: %s\n", inet_ntoa(address), servers[count].name);
    count++;
}

int main(int argc, char **argv) {
    const char *target = NULL;
    if (argc == 2 && strcmp(argv[1], "broadcast") == 0)
        target = "255.255.255.255";
    if (argc == 2 && strcmp(argv[1], "subnet") == 0)
        target = "192.168.15.255";
    if (argc == 2 && strcmp(argv[1], "multicast") == 0)
        target = "239.255.15.15";
    if (target == NULL) {
        fprintf(stderr, "usage: %s broadcast|subnet|multicast\n", argv[0]);
        return 2;
    }
    int sock = socket(AF_INET, SOCK_DGRAM, 0);
    int on = 1;
    if (sock < 0 || setsockopt(sock, SOL_SOCKET, SO_BROADCAST, &on, sizeof on) < 0) {
        perror("socket");
        return 1;
    }
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(15015)};
    inet_pton(AF_INET, target, &to.sin_addr);
    srand((unsigned)getpid() ^ (unsigned)time(NULL));
    unsigned id = (unsigned)rand() % 65535 + 1;

    long began = now_ms();
    const long until[] = {100, 300, 1000};
    for (int round = 0; round < 3; round++) {
        char query[8192];
        int length = snprintf(query, sizeof query, "DISCOVER %u%s", id, count > 0 ? " KNOWN" : "");
        for (int at = 0; at < count; at++)
            length += snprintf(query + length, sizeof query - (size_t)length, " %s",
                               inet_ntoa(servers[at].address));
        if (sendto(sock, query, (size_t)length, 0, (struct sockaddr *)&to, sizeof to) < 0) {
            perror("sendto");
            return 1;
        }
        for (;;) {
            long left = began + until[round] - now_ms();
            struct pollfd wait = {.fd = sock, .events = POLLIN};
            if (left <= 0 || poll(&wait, 1, (int)left) <= 0)
                break;
            char answer[64];
            struct sockaddr_in from;
            socklen_t size = sizeof from;
            ssize_t came = recvfrom(sock, answer, sizeof answer, MSG_TRUNC | MSG_DONTWAIT,
                                    (struct sockaddr *)&from, &size);
            if (came > 0 && (size_t)came <= sizeof answer)
                keep(answer, (size_t)came, id, from.sin_addr);
        }
    }
    if (count == 0)
        fprintf(stderr, "no server has answered\n");
    return count == 0;
}
