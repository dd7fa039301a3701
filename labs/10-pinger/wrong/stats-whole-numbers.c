/* fails: loss */
/* Divides whole numbers. */
#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <time.h>

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec + t.tv_nsec / 1e9;
}

int main(void)
{
    int s = socket(AF_INET, SOCK_DGRAM, 0), received = 0;
    struct sockaddr_in server = {.sin_family = AF_INET, .sin_port = htons(12000)};
    server.sin_addr.s_addr = inet_addr("127.0.0.1");
    struct timeval limit = {.tv_sec = 1};
    setsockopt(s, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    for (int i = 1; i <= 10; i++) {
        char ping[32], buffer[1024];
        sprintf(ping, "Ping %d", i);
        double start = now();
        sendto(s, ping, strlen(ping), 0, (struct sockaddr *)&server, sizeof server);
        if (recv(s, buffer, sizeof buffer, 0) < 0) {
            printf("Request timed out\n");
        } else {
            printf("%d: %f s\n", i, now() - start);
            received++;
        }
    }
    printf("%d%% packet loss\n", (10 - received) / 10 * 100);
    return 0;
}
