/* A timer's signal breaks into every wait, and the server goes on. */
#include <arpa/inet.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <sys/select.h>
#include <sys/time.h>

static volatile sig_atomic_t ticks;

static void tick(int signal) {
    (void)signal;
    ticks++;
}

int main(void) {
    signal(SIGALRM, tick);
    struct itimerval every = {{0, 3000}, {0, 3000}};
    setitimer(ITIMER_REAL, &every, NULL);

    int server = socket(AF_INET, SOCK_DGRAM, 0);
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(12345)};
    inet_pton(AF_INET, "127.0.0.1", &address.sin_addr);
    if (bind(server, (struct sockaddr *)&address, sizeof address) < 0) {
        perror("bind");
        return 1;
    }
    dprintf(1, "UDP server is up and listening on 127.0.0.1:12345\n");

    char answer[21 + 1024] = "Server acknowledges: ";
    for (;;) {
        fd_set input;
        FD_ZERO(&input);
        FD_SET(server, &input);
        if (select(server + 1, &input, NULL, NULL, NULL) < 0) {
            if (errno == EINTR) {
                continue;
            }
            perror("select");
            return 1;
        }
        struct sockaddr_in client;
        socklen_t length = sizeof client;
        ssize_t n = recvfrom(server, answer + 21, 1024, 0, (struct sockaddr *)&client, &length);
        if (n < 0) {
            continue;
        }
        dprintf(1, "Message from %s:%d: '%.*s'\n", inet_ntoa(client.sin_addr),
                ntohs(client.sin_port), (int)n, answer + 21);
        sendto(server, answer, 21 + n, 0, (struct sockaddr *)&client, length);
    }
}
