/* The time limit is SIGALRM, which interrupts the receive; a late one comes again every 10 ms. */
#include <arpa/inet.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

static volatile sig_atomic_t over;
static void on_alarm(int sig) { (void)sig; over = 1; }

int main(void) {
    struct sigaction sa;
    memset(&sa, 0, sizeof sa);
    sa.sa_handler = on_alarm;
    sigaction(SIGALRM, &sa, NULL);
    int s = socket(AF_INET, SOCK_DGRAM, 0);
    struct sockaddr_in to;
    memset(&to, 0, sizeof to);
    to.sin_family = AF_INET;
    to.sin_port = htons(12000);
    inet_aton("127.0.0.1", &to.sin_addr);
    connect(s, (struct sockaddr *)&to, sizeof to);
    double least = 1e9, most = 0, sum = 0;
    int got = 0;
    for (int i = 0; i < 10; i++) {
        char msg[100], buf[2000];
        snprintf(msg, sizeof msg, "Ping %d", i + 1);
        over = 0;
        /* again every 10 ms afterwards, in case the first one comes before the receive */
        struct itimerval one = {{0, 10000}, {1, 0}};
        setitimer(ITIMER_REAL, &one, NULL);
        struct timespec a, b;
        clock_gettime(CLOCK_MONOTONIC, &a);
        send(s, msg, strlen(msg), 0);
        while (!over) {
            ssize_t n = recv(s, buf, sizeof buf, 0);
            if (n < 0) {
                if (errno == ECONNREFUSED || errno == EINTR) continue;
                perror("recv");
                return 1;
            }
            clock_gettime(CLOCK_MONOTONIC, &b);
            if ((size_t)n == strlen(msg) && strncasecmp(buf, msg, n) == 0) break;
        }
        struct itimerval off = {{0, 0}, {0, 0}};
        setitimer(ITIMER_REAL, &off, NULL);
        if (over) {
            printf("Request %d timed out\n", i + 1);
        } else {
            double ms = (b.tv_sec - a.tv_sec) * 1e3 + (b.tv_nsec - a.tv_nsec) / 1e6;
            printf("%.*s RTT=%.3fms\n", (int)strlen(msg), buf, ms);
            if (ms < least) least = ms;
            if (ms > most) most = ms;
            sum += ms;
            got++;
        }
        fflush(stdout);
    }
    printf("Packet loss rate: %.1f%%\n", 100.0 * (10 - got) / 10);
    if (got)
        printf("Maximum RTT: %.3f ms\nMinimum RTT: %.3f ms\nAverage RTT: %.3f ms\n", most, least, sum / got);
    else
        printf("No RTT statistics.\n");
    return 0;
}
