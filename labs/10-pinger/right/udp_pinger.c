/* As a student would write it: one socket, and a limit that is set anew before each receive. */
#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec + t.tv_nsec / 1e9;
}

int main(void)
{
    int s = socket(AF_INET, SOCK_DGRAM, 0);
    struct sockaddr_in server = {.sin_family = AF_INET, .sin_port = htons(12000)};
    inet_pton(AF_INET, "127.0.0.1", &server.sin_addr);

    int received = 0;
    double total = 0, least = 0, most = 0;
    for (int i = 1; i <= 10; i++) {
        char ping[64], buffer[1024];
        int length = snprintf(ping, sizeof ping, "Ping %d %ld", i, (long)time(NULL));
        double sent = now(), rtt = -1;
        sendto(s, ping, length, 0, (struct sockaddr *)&server, sizeof server);
        while (rtt < 0) {
            double left = sent + 1 - now();
            if (left <= 0)
                break;
            struct timeval limit = {.tv_sec = 0, .tv_usec = left * 1e6 + 1};
            if (limit.tv_usec > 999999)
                limit.tv_usec = 999999;
            setsockopt(s, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
            struct sockaddr_in from;
            socklen_t size = sizeof from;
            ssize_t n = recvfrom(s, buffer, sizeof buffer, 0, (struct sockaddr *)&from, &size);
            if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
                continue;
            if (n < 0) {
                perror("recvfrom");
                return 1;
            }
            if (from.sin_addr.s_addr == server.sin_addr.s_addr && from.sin_port == server.sin_port
                && n == length && strncasecmp(buffer, ping, n) == 0)
                rtt = now() - sent;
        }
        if (rtt < 0) {
            printf("Request timed out\n");
            continue;
        }
        printf("%d: RTT = %.3f ms\n", i, rtt * 1000);
        least = received == 0 || rtt < least ? rtt : least;
        most = rtt > most ? rtt : most;
        total += rtt;
        received++;
    }
    printf("%d of 10 received, %.1f%% loss\n", received, (10 - received) * 10.0);
    if (received > 0)
        printf("min %f avg %f max %f\n", least, total / received, most);
    close(s);
    return 0;
}
