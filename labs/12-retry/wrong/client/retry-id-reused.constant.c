/* fails: each-run */
/* Has a number of its own for good, and draws that of the request. */
#include <arpa/inet.h>
#include <errno.h>
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <time.h>

static int64_t us(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * 1000000LL + t.tv_nsec / 1000;
}

static uint32_t draw(void) { uint32_t x; if (getrandom(&x, sizeof x, 0) != sizeof x) abort(); return x; }

int main(int argc, char **argv) {
    uint32_t me = 4711, number = draw();
    int s = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK, 0);
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(12012), .sin_addr = {htonl(INADDR_LOOPBACK)}};
    connect(s, (void *)&to, sizeof to);
    for (int i = 1; i < argc; i++) {
        uint32_t ask[4] = {htonl(me), htonl(number++), 0, 0};
        if (!strcmp(argv[i], "read")) ask[2] = htonl(2);
        else if (!strcmp(argv[i], "add") && i + 1 < argc) { ask[2] = htonl(1); ask[3] = htonl((uint32_t)strtol(argv[++i], NULL, 10)); }
        else { fprintf(stderr, "what is %s?\n", argv[i]); return 2; }
        static const int waits[6] = {100, 200, 400, 400, 400, 400};
        int done = 0;
        for (int try = 0; try < 6 && !done; try++) {
            int64_t end = us() + (int64_t)(waits[try] * 1000 * (0.5 + draw() / 8589934592.0));
            while (send(s, ask, sizeof ask, 0) < 0 && errno == ECONNREFUSED) {}
            for (int64_t left; !done && (left = end - us()) > 0;) {
                struct pollfd p = {s, POLLIN, 0};
                struct timespec t = {left / 1000000, left % 1000000 * 1000};
                if (ppoll(&p, 1, &t, NULL) <= 0) continue;
                uint32_t got[5];
                ssize_t n = recv(s, got, sizeof got, 0);
                if (n != 16 || got[0] != ask[0] || got[1] != ask[1]) continue;
                if (ntohl(got[2]) == 129) { fprintf(stderr, "refused\n"); return 1; }
                if (ntohl(got[2]) != 128) continue;
                printf("%d\n", (int32_t)ntohl(got[3]));
                done = 1;
            }
        }
        if (!done) { fprintf(stderr, "gave up on %s\n", argv[i]); return 3; }
    }
    return 0;
}
