/* Connects to each client for a moment, to learn which of its own addresses the client sees. It
 * disconnects (AF_UNSPEC) before it answers, so that another client is never shut out for long. */
#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

static void check(int result, const char *what)
{
    if (result < 0) {
        perror(what);
        exit(1);
    }
}

int main(void)
{
    int fd = socket(AF_INET, SOCK_DGRAM, 0);
    check(fd, "socket");
    struct sockaddr_in any = {.sin_family = AF_INET, .sin_port = htons(12345)};
    check(bind(fd, (struct sockaddr *)&any, sizeof any), "bind");

    for (;;) {
        char message[1024], there[INET_ADDRSTRLEN], here[INET_ADDRSTRLEN];
        struct sockaddr_in client, local;
        struct sockaddr nobody = {.sa_family = AF_UNSPEC};
        socklen_t length = sizeof client, local_length = sizeof local;

        ssize_t received =
            recvfrom(fd, message, sizeof message, 0, (struct sockaddr *)&client, &length);
        check(received, "recvfrom");

        check(connect(fd, (struct sockaddr *)&client, length), "connect");
        check(getsockname(fd, (struct sockaddr *)&local, &local_length), "getsockname");
        check(connect(fd, &nobody, sizeof nobody), "disconnect");

        inet_ntop(AF_INET, &client.sin_addr, there, sizeof there);
        inet_ntop(AF_INET, &local.sin_addr, here, sizeof here);
        printf("%s:%d -> %s: %.*s\n", there, ntohs(client.sin_port), here, (int)received, message);
        check(sendto(fd, "Hello, Client!", strlen("Hello, Client!"), 0, (struct sockaddr *)&client,
                     length),
              "sendto");
    }
}
