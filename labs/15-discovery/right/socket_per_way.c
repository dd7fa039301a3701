/* Has a socket for each way, and an alarm that breaks off the last wait. The answers come to whichever
 * socket has asked; it prints a table at the end, by name. */
#include <errno.h>
#include <netinet/in.h>
#include <arpa/inet.h>
#include <regex.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/select.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

static const char *WAYS[] = {"broadcast", "subnet", "multicast"};
static const char *TARGETS[] = {"255.255.255.255", "192.168.15.255", "239.255.15.15"};

static char known[100][2][32];
static int count;

static int by_name(const void *a, const void *b) {
    return strcmp(((const char(*)[32])a)[1], ((const char(*)[32])b)[1]);
}

static double seconds(void) {
    struct timeval now;
    gettimeofday(&now, NULL);
    return (double)now.tv_sec + (double)now.tv_usec / 1e6;
}

int main(int argc, char **argv) {
    int sockets[3], which = -1;
    for (int way = 0; way < 3; way++) {
        int on = 1;
        unsigned char ttl = 1;
        sockets[way] = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK, 0);
        setsockopt(sockets[way], SOL_SOCKET, SO_BROADCAST, &on, sizeof on);
        setsockopt(sockets[way], IPPROTO_IP, IP_MULTICAST_TTL, &ttl, sizeof ttl);
        if (argc > 1 && strcmp(argv[1], WAYS[way]) == 0)
            which = way;
    }
    if (which < 0)
        return 2;
    int id = (int)getpid() % 65535 + 1;
    char pattern[64];
    snprintf(pattern, sizeof pattern, "^HERE %d ([A-Za-z0-9-]{1,20})$", id);
    regex_t answer;
    if (regcomp(&answer, pattern, REG_EXTENDED) != 0)
        return 1;

    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(15015)};
    to.sin_addr.s_addr = inet_addr(TARGETS[which]);
    double began = seconds();
    double ends[] = {0.1, 0.3, 1.0};
    for (int round = 0; round < 3; round++) {
        char query[4096];
        snprintf(query, sizeof query, "DISCOVER %d", id);
        for (int at = 0; at < count; at++) {
            strcat(query, at == 0 ? " KNOWN " : " ");
            strcat(query, known[at][0]);
        }
        sendto(sockets[which], query, strlen(query), 0, (struct sockaddr *)&to, sizeof to);
        double left;
        while ((left = began + ends[round] - seconds()) > 0) {
            fd_set set;
            FD_ZERO(&set);
            for (int way = 0; way < 3; way++)
                FD_SET(sockets[way], &set);
            struct timeval wait = {0, (suseconds_t)(left * 1e6)};
            if (select(sockets[2] + 1, &set, NULL, NULL, &wait) < 0 && errno != EINTR)
                return 1;
            char text[256];
            struct sockaddr_in from;
            socklen_t size = sizeof from;
            ssize_t length = recvfrom(sockets[which], text, sizeof text - 1, 0,
                                      (struct sockaddr *)&from, &size);
            if (length <= 0 || memchr(text, 0, (size_t)length) != NULL)
                continue;
            text[length] = 0;
            regmatch_t match[2];
            if (regexec(&answer, text, 2, match, 0) != 0)
                continue;
            char *address = inet_ntoa(from.sin_addr);
            int at = 0;
            while (at < count && strcmp(known[at][0], address) != 0)
                at++;
            if (at == count && count < 100) {
                strcpy(known[count][0], address);
                text[match[1].rm_eo] = 0;
                strcpy(known[count++][1], text + match[1].rm_so);
            }
        }
    }
    qsort(known, (size_t)count, sizeof known[0], by_name);
    for (int at = 0; at < count; at++)
        printf("%-20s %s\n", known[at][1], known[at][0]);
    if (count == 0)
        puts("none found");
    return count == 0 ? EXIT_FAILURE : EXIT_SUCCESS;
}
