/* fails: jitter */
/* Has its number from the kernel, and its jitter from rand(), which nobody has given a seed. */
#include <arpa/inet.h>
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <time.h>

static double now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * 1e3 + now.tv_nsec / 1e6;
}

int main(int argc, char **argv)
{
    uint32_t client, number = 0;
    if (getrandom(&client, sizeof client, 0) != sizeof client)
        return 1;
    int s = socket(AF_INET, SOCK_DGRAM, 0);
    struct sockaddr_in server = {.sin_family = AF_INET, .sin_port = htons(12012)};
    server.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (connect(s, (struct sockaddr *)&server, sizeof server) < 0)
        return 1;
    for (int i = 1; i < argc; i++) {
        int adds = strcmp(argv[i], "add") == 0 && i + 1 < argc;
        int32_t amount = adds ? atoi(argv[++i]) : 0;
        uint32_t request[4] = {client, htonl(++number), htonl(adds ? 1 : 2), htonl((uint32_t)amount)};
        uint32_t answer[8];
        int done = 0, wait = 100;
        for (int attempt = 0; attempt < 6 && !done; attempt++) {
            send(s, request, sizeof request, 0);
            double end = now_ms() + wait * (0.5 + 0.5 * rand() / RAND_MAX);
            for (double left; !done && (left = end - now_ms()) > 0;) {
                struct pollfd ready = {.fd = s, .events = POLLIN};
                if (poll(&ready, 1, (int)left + 1) < 1 || recv(s, answer, sizeof answer, 0) != 16)
                    continue;
                uint32_t status = ntohl(answer[2]);
                done = memcmp(answer, request, 8) == 0 && (status == 128 || status == 129);
            }
            wait = wait * 2 > 400 ? 400 : wait * 2;
        }
        if (!done || ntohl(answer[2]) == 129) {
            fprintf(stderr, done ? "refused\n" : "no answer\n");
            return 1;
        }
        printf("the counter is at %d\n", (int32_t)ntohl(answer[3]));
    }
    return 0;
}
