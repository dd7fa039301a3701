/* Connected, so that the kernel compares the sender; poll waits; ends with status 2 if nobody answered. */
#include <arpa/inet.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

static long long ms(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC_RAW, &t);
    return t.tv_sec * 1000LL + t.tv_nsec / 1000000;
}

int main(void)
{
    struct sockaddr_in server = {.sin_family = AF_INET, .sin_port = htons(12000)};
    server.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    int s = socket(AF_INET, SOCK_DGRAM, 0);
    if (s < 0 || connect(s, (struct sockaddr *)&server, sizeof server) < 0) {
        perror("socket");
        return 1;
    }
    long long times[10], sum = 0, least = 1000, most = 0;
    int count = 0;
    for (int i = 0; i < 10; i++) {
        long long begin = ms(), left;
        int answered = 0;
        char text[32];
        snprintf(text, sizeof text, "seq=%d", i + 100);
        if (send(s, text, strlen(text) + 1, 0) < 0)
            perror("send");
        while (!answered && (left = begin + 1000 - ms()) > 0) {
            struct pollfd one = {.fd = s, .events = POLLIN};
            if (poll(&one, 1, left) <= 0)
                break;
            char buffer[256];
            ssize_t n = recv(s, buffer, sizeof buffer - 1, 0);
            if (n < 0) {
                perror("recv");
                break;
            }
            buffer[n] = 0;
            answered = (strncmp(buffer, "seq=", 4) == 0 || strncmp(buffer, "SEQ=", 4) == 0)
                && atoi(buffer + 4) == i + 100;
        }
        if (answered) {
            times[count] = ms() - begin;
            printf("%d: %lld ms\n", i, times[count++]);
        } else {
            printf("%d: *\n", i);
        }
    }
    for (int i = 0; i < count; i++) {
        sum += times[i];
        least = times[i] < least ? times[i] : least;
        most = times[i] > most ? times[i] : most;
    }
    printf("loss: %d%%\n", (10 - count) * 10);
    if (count == 0)
        return 2;
    printf("least %lld ms, average %lld ms, most %lld ms\n", least, sum / count, most);
    return 0;
}
