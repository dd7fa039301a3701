/* fails: acknowledges */
/* Writes the answer with two calls, as to a stream. */
#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

int main(void)
{
    int fd = socket(AF_INET, SOCK_DGRAM, 0);
    struct sockaddr_in server = {.sin_family = AF_INET, .sin_port = htons(12345)}, client;
    char buffer[1024], *prefix = "Server acknowledges: ";

    server.sin_addr.s_addr = inet_addr("127.0.0.1");
    if (bind(fd, (struct sockaddr *)&server, sizeof server) < 0) {
        perror("bind");
        return 1;
    }
    printf("UDP server is up and listening on port 12345\n");
    for (;;) {
        socklen_t length = sizeof client;
        ssize_t n = recvfrom(fd, buffer, sizeof buffer, 0, (struct sockaddr *)&client, &length);
        printf("Message from %s:%d: %.*s\n", inet_ntoa(client.sin_addr), ntohs(client.sin_port),
               (int)n, buffer);
        sendto(fd, prefix, strlen(prefix), 0, (struct sockaddr *)&client, length);
        sendto(fd, buffer, n, 0, (struct sockaddr *)&client, length);
    }
}
