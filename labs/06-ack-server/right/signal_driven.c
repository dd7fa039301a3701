/* Waits for SIGIO, which the kernel sends when a datagram has come, and for nothing else. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <unistd.h>

int main(void) {
    sigset_t arrival;
    sigemptyset(&arrival);
    sigaddset(&arrival, SIGIO);
    sigprocmask(SIG_BLOCK, &arrival, NULL);

    int server = socket(AF_INET, SOCK_DGRAM, 0);
    fcntl(server, F_SETOWN, getpid());
    fcntl(server, F_SETFL, O_NONBLOCK | O_ASYNC);
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(12345)};
    inet_pton(AF_INET, "127.0.0.1", &address.sin_addr);
    if (bind(server, (struct sockaddr *)&address, sizeof address) < 0) {
        perror("bind");
        return 1;
    }
    dprintf(1, "UDP server is up and listening on 127.0.0.1:12345\n");

    char answer[21 + 1024] = "Server acknowledges: ";
    for (;;) {
        for (;;) {
            struct sockaddr_in client;
            socklen_t length = sizeof client;
            ssize_t n = recvfrom(server, answer + 21, 1024, 0, (struct sockaddr *)&client, &length);
            if (n < 0) {
                break;
            }
            dprintf(1, "Message from %s:%d: '%.*s'\n", inet_ntoa(client.sin_addr),
                    ntohs(client.sin_port), (int)n, answer + 21);
            sendto(server, answer, 21 + n, 0, (struct sockaddr *)&client, length);
        }
        int signal;
        sigwait(&arrival, &signal);
    }
}
