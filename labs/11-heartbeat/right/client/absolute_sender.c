/* Sleeps until a time, and not for one: clock_nanosleep with TIMER_ABSTIME. */
#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

int main(int argc, char **argv) {
    if (argc < 2) {
        fprintf(stderr, "usage: %s NAME [COUNT]\n", argv[0]);
        return 2;
    }
    long count = argc > 2 ? atol(argv[2]) : -1;
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(12011)};
    inet_pton(AF_INET, "127.0.0.1", &to.sin_addr);
    int s = socket(AF_INET, SOCK_DGRAM, 0);
    struct timespec due;
    clock_gettime(CLOCK_MONOTONIC, &due);
    for (long number = 1; count < 0 || number <= count; number++) {
        char text[64];
        clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &due, NULL);
        int length = snprintf(text, sizeof text, "%s %ld", argv[1], number);
        if (sendto(s, text, length, 0, (struct sockaddr *)&to, sizeof to) < 0) perror("sendto");
        due.tv_nsec += 100000000;
        if (due.tv_nsec >= 1000000000) {
            due.tv_nsec -= 1000000000;
            due.tv_sec++;
        }
    }
    return 0;
}
