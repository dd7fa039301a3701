/* Two descriptors in epoll: a socket that does not block, and a timer. Whole microseconds. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

static long long now_us(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * 1000000LL + t.tv_nsec / 1000;
}

int main(void) {
    int s = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK, 0);
    int tfd = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK);
    int ep = epoll_create1(0);
    struct epoll_event ev = {.events = EPOLLIN, .data.fd = s};
    epoll_ctl(ep, EPOLL_CTL_ADD, s, &ev);
    ev.data.fd = tfd;
    epoll_ctl(ep, EPOLL_CTL_ADD, tfd, &ev);
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(12000)};
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    static char buf[65536];
    long long least = 0, most = 0, sum = 0;
    int good = 0;
    for (int i = 1; i <= 10; i++) {
        char ping[64];
        int n = sprintf(ping, "Ping %d %ld", i, (long)getpid());
        struct itimerspec one = {.it_value = {.tv_sec = 1}};
        long long begin = now_us();
        timerfd_settime(tfd, 0, &one, NULL);
        sendto(s, ping, n, 0, (struct sockaddr *)&to, sizeof to);
        int done = 0;
        while (!done) {
            struct epoll_event got[2];
            int k = epoll_wait(ep, got, 2, -1);
            if (k < 0) { if (errno == EINTR) continue; perror("epoll_wait"); return 1; }
            for (int j = 0; j < k && !done; j++) {
                if (got[j].data.fd == tfd) {
                    unsigned long long x;
                    if (read(tfd, &x, sizeof x) == sizeof x) { printf("ping %d -> request timed out\n", i); done = 1; }
                } else {
                    struct sockaddr_in from;
                    socklen_t fl = sizeof from;
                    ssize_t r = recvfrom(s, buf, sizeof buf, 0, (struct sockaddr *)&from, &fl);
                    if (r < 0) continue;
                    if (from.sin_port != to.sin_port || from.sin_addr.s_addr != to.sin_addr.s_addr) continue;
                    if (r != n || strncasecmp(buf, ping, n)) continue;
                    long long t = now_us() - begin;
                    printf("ping %d -> %lld us\n", i, t);
                    if (!good || t < least) least = t;
                    if (!good || t > most) most = t;
                    sum += t; good++; done = 1;
                }
            }
        }
        fflush(stdout);
    }
    printf("%d packets transmitted, %d received, %d%% packet loss\n", 10, good, (10 - good) * 10);
    if (good) printf("rtt min/avg/max = %lld/%lld/%lld us\n", least, sum / good, most);
    return 0;
}
