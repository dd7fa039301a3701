/* One socket for each family on the same port, and poll to wait for both. */
#include <arpa/inet.h>
#include <netdb.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

static void die(const char *what)
{
    perror(what);
    exit(1);
}

static int bound(struct sockaddr *address, socklen_t length)
{
    int fd = socket(address->sa_family, SOCK_DGRAM, 0);
    int on = 1;
    if (fd < 0)
        die("socket");
    if (address->sa_family == AF_INET6)
        setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof on);
    if (bind(fd, address, length) < 0)
        die("bind");
    return fd;
}

static void answer(int fd)
{
    static const char greeting[] = "Hello, Client!";
    char message[1024], host[NI_MAXHOST], port[NI_MAXSERV];
    struct sockaddr_storage client;
    socklen_t length = sizeof client;

    ssize_t received =
        recvfrom(fd, message, sizeof message, 0, (struct sockaddr *)&client, &length);
    if (received < 0)
        die("recvfrom");
    getnameinfo((struct sockaddr *)&client, length, host, sizeof host, port, sizeof port,
                NI_NUMERICHOST | NI_NUMERICSERV);
    printf("%s port %s: %.*s\n", host, port, (int)received, message);
    sendto(fd, greeting, strlen(greeting), 0, (struct sockaddr *)&client, length);
}

int main(void)
{
    struct sockaddr_in v4 = {.sin_family = AF_INET, .sin_port = htons(12345)};
    struct sockaddr_in6 v6 = {.sin6_family = AF_INET6, .sin6_port = htons(12345)};
    struct pollfd sockets[] = {
        {.fd = bound((struct sockaddr *)&v4, sizeof v4), .events = POLLIN},
        {.fd = bound((struct sockaddr *)&v6, sizeof v6), .events = POLLIN},
    };

    while (poll(sockets, 2, -1) > 0)
        for (int i = 0; i < 2; i++)
            if (sockets[i].revents & POLLIN)
                answer(sockets[i].fd);
    die("poll");
}
