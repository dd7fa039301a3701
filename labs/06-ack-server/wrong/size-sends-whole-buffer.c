/* fails: acknowledges */
/* Sends the whole array in which the answer is. */
#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

int main(void)
{
    int fd = socket(AF_INET, SOCK_DGRAM, 0);
    struct sockaddr_in server = {.sin_family = AF_INET, .sin_port = htons(12345)}, client;
    char buffer[1024], answer[2048];

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
        memset(answer, 0, sizeof answer);
        sprintf(answer, "Server acknowledges: %.*s", (int)n, buffer);
        sendto(fd, answer, sizeof answer, 0, (struct sockaddr *)&client, length);
    }
}
