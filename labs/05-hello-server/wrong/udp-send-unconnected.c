/* fails: answers */
/* Believes that the socket now knows its client, and sends to nobody. */
#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

int main(void)
{
    int fd = socket(AF_INET, SOCK_DGRAM, 0);
    struct sockaddr_in server = {.sin_family = AF_INET, .sin_port = htons(12345)}, client;
    char buffer[1024], *answer = "Hello, Client!";

    server.sin_addr.s_addr = inet_addr("127.0.0.1");
    if (bind(fd, (struct sockaddr *)&server, sizeof server) < 0) {
        perror("bind");
        return 1;
    }
    for (;;) {
        socklen_t length = sizeof client;
        ssize_t n = recvfrom(fd, buffer, sizeof buffer, 0, (struct sockaddr *)&client, &length);
        printf("Message from %s:%d: %.*s\n", inet_ntoa(client.sin_addr), ntohs(client.sin_port),
               (int)n, buffer);
        if (send(fd, answer, strlen(answer), 0) < 0)
            perror("send");
    }
}
