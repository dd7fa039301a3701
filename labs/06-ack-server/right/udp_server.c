/* The tutorial's server in C. It goes by the length, since no zero byte ends a datagram. */
#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

static void die(const char *what)
{
    perror(what);
    exit(1);
}

int main(void)
{
    int fd = socket(AF_INET, SOCK_DGRAM, 0);
    if (fd < 0)
        die("socket");

    struct sockaddr_in server = {.sin_family = AF_INET, .sin_port = htons(12345)};
    server.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (bind(fd, (struct sockaddr *)&server, sizeof server) < 0)
        die("bind");
    printf("UDP server is up and listening on 127.0.0.1:12345\n");

    const char prefix[] = "Server acknowledges: ";
    const size_t prefix_length = sizeof prefix - 1;
    char answer[sizeof prefix - 1 + 1024];
    memcpy(answer, prefix, prefix_length);

    for (;;) {
        struct sockaddr_in client;
        socklen_t client_length = sizeof client;
        char *message = answer + prefix_length;
        ssize_t length = recvfrom(fd, message, 1024, 0, (struct sockaddr *)&client, &client_length);
        if (length < 0)
            die("recvfrom");
        printf("Message from %s:%d: '%.*s'\n", inet_ntoa(client.sin_addr), ntohs(client.sin_port),
               (int)length, message);
        if (sendto(fd, answer, prefix_length + length, 0, (struct sockaddr *)&client,
                   client_length) < 0)
            perror("sendto");
    }
}
