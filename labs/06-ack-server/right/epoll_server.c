/* Never blocks in a receive: it waits in epoll (edge-triggered) and reads until nothing is left. */
#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>

#define PREFIX "Server acknowledges: "

static void die(const char *what)
{
    perror(what);
    exit(1);
}

static void answer_all(int fd)
{
    char answer[sizeof PREFIX + 1024];
    char *message = answer + strlen(PREFIX);
    memcpy(answer, PREFIX, strlen(PREFIX));

    for (;;) {
        struct sockaddr_in client;
        socklen_t client_length = sizeof client;
        ssize_t length = recvfrom(fd, message, 1024, 0, (struct sockaddr *)&client, &client_length);
        if (length < 0 && errno == EAGAIN)
            return;
        if (length < 0)
            die("recvfrom");
        char host[INET_ADDRSTRLEN];
        inet_ntop(AF_INET, &client.sin_addr, host, sizeof host);
        printf("Message from %s:%d: '%.*s'\n", host, ntohs(client.sin_port), (int)length, message);
        sendto(fd, answer, strlen(PREFIX) + length, 0, (struct sockaddr *)&client, client_length);
    }
}

int main(void)
{
    int fd = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    struct sockaddr_in server = {.sin_family = AF_INET, .sin_port = htons(12345)};
    server.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (fd < 0 || bind(fd, (struct sockaddr *)&server, sizeof server) < 0)
        die("bind");

    int poller = epoll_create1(EPOLL_CLOEXEC);
    struct epoll_event readable = {.events = EPOLLIN | EPOLLET, .data.fd = fd};
    if (poller < 0 || epoll_ctl(poller, EPOLL_CTL_ADD, fd, &readable) < 0)
        die("epoll");
    printf("UDP server is up and listening on 127.0.0.1:12345\n");

    for (;;) {
        struct epoll_event event;
        if (epoll_wait(poller, &event, 1, -1) < 0 && errno != EINTR)
            die("epoll_wait");
        answer_all(fd);
    }
}
