/* fails: nobody-listens */
/* Ends with the first error of send. */
#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <time.h>

int main(int argc, char **argv) {
    int count = argc > 2 ? atoi(argv[2]) : 1000000000;
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(12011)};
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    int s = socket(AF_INET, SOCK_DGRAM, 0);
    connect(s, (struct sockaddr *)&to, sizeof to);
    struct timespec due;
    clock_gettime(CLOCK_MONOTONIC, &due);
    for (int number = 1; number <= count; number++) {
        char text[64];
        int length = sprintf(text, "%s %d", argv[1], number);
        if (send(s, text, length, 0) < 0) {
            perror("send");
            exit(1);
        }
        due.tv_nsec += 100000000;
        due.tv_sec += due.tv_nsec / 1000000000;
        due.tv_nsec %= 1000000000;
        clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &due, NULL);
    }
}
