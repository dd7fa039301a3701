/* Receives on an IPv6 socket that takes IPv4 too. It prints the sender as ::ffff:127.0.0.1. */
#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

static ssize_t check(ssize_t result, const char *what)
{
    if (result < 0) {
        perror(what);
        exit(1);
    }
    return result;
}

int main(void)
{
    int off = 0;
    int fd = check(socket(AF_INET6, SOCK_DGRAM, 0), "socket");
    check(setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof off), "setsockopt");

    struct sockaddr_in6 server = {.sin6_family = AF_INET6, .sin6_port = htons(12345)};
    check(bind(fd, (struct sockaddr *)&server, sizeof server), "bind");

    char message[1024], host[INET6_ADDRSTRLEN];
    struct sockaddr_in6 sender;
    socklen_t sender_length = sizeof sender;
    ssize_t length = check(recvfrom(fd, message, sizeof message, 0, (struct sockaddr *)&sender,
                                    &sender_length),
                           "recvfrom");
    inet_ntop(AF_INET6, &sender.sin6_addr, host, sizeof host);
    printf("[%s]:%d: %.*s\n", host, ntohs(sender.sin6_port), (int)length, message);
    close(fd);
}
