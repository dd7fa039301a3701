/* Begins its random numbers with the time in seconds. The number has more in it: two may start in one second. */
#include <arpa/inet.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

static long long now_us(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * 1000000LL + now.tv_nsec / 1000;
}

int main(int argc, char **argv)
{
    srand((unsigned)time(NULL));
    uint32_t client = (uint32_t)getpid() * 2654435761u ^ (uint32_t)now_us(), number = 0;
    int s = socket(AF_INET, SOCK_DGRAM, 0);
    struct sockaddr_in server = {.sin_family = AF_INET, .sin_port = htons(12012)};
    server.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    for (int i = 1; i < argc; i++) {
        uint32_t request[4] = {htonl(client), htonl(++number), htonl(2), 0}, answer[4];
        if (strcmp(argv[i], "add") == 0 && i + 1 < argc) {
            request[2] = htonl(1);
            request[3] = htonl((uint32_t)strtol(argv[++i], NULL, 10));
        }
        long long wait = 100000;
        int status = 0;
        for (int attempt = 0; attempt < 6 && status == 0; attempt++) {
            sendto(s, request, sizeof request, 0, (struct sockaddr *)&server, sizeof server);
            long long end = now_us() + wait / 2 + (long long)(wait / 2 * (rand() / (double)RAND_MAX));
            for (long long left; status == 0 && (left = end - now_us()) > 0;) {
                struct timeval limit = {left / 1000000, left % 1000000};
                setsockopt(s, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
                unsigned char buffer[1500];
                struct sockaddr_in from;
                socklen_t size = sizeof from;
                if (recvfrom(s, buffer, sizeof buffer, 0, (struct sockaddr *)&from, &size) != 16)
                    continue;
                memcpy(answer, buffer, sizeof answer);
                int is_answer = ntohl(answer[2]) == 128 || ntohl(answer[2]) == 129;
                if (is_answer && memcmp(answer, request, 8) == 0 && from.sin_port == server.sin_port
                    && from.sin_addr.s_addr == server.sin_addr.s_addr)
                    status = (int)ntohl(answer[2]);
            }
            wait = wait * 2 > 400000 ? 400000 : wait * 2;
        }
        if (status != 128) {
            fprintf(stderr, status == 0 ? "no answer\n" : "refused\n");
            return 1;
        }
        printf("%d\n", (int32_t)ntohl(answer[3]));
        fflush(stdout);
    }
    return 0;
}
