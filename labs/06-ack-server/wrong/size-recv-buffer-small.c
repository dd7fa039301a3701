/* fails: full-length */
/* Has room for the longest message, and not for the text before it. */
#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#define SIZE 1024

int main(void)
{
    int fd = socket(AF_INET, SOCK_DGRAM, 0);
    struct sockaddr_in server = {.sin_family = AF_INET, .sin_port = htons(12345)}, client;
    char buffer[SIZE], answer[SIZE];

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
        snprintf(answer, sizeof answer, "Server acknowledges: %.*s", (int)n, buffer);
        sendto(fd, answer, strlen(answer), 0, (struct sockaddr *)&client, length);
    }
}
