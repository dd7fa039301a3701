/* fails: any-text */
/* Takes the buffer for a string: the rest of a longer message is still in it. */
#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

int main(void)
{
    int fd = socket(AF_INET, SOCK_DGRAM, 0);
    struct sockaddr_in server = {.sin_family = AF_INET, .sin_port = htons(12345)}, client;
    static char buffer[1025], answer[2048];

    server.sin_addr.s_addr = inet_addr("127.0.0.1");
    if (bind(fd, (struct sockaddr *)&server, sizeof server) < 0) {
        perror("bind");
        return 1;
    }
    printf("UDP server is up and listening on port 12345\n");
    for (;;) {
        socklen_t length = sizeof client;
        recvfrom(fd, buffer, sizeof buffer - 1, 0, (struct sockaddr *)&client, &length);
        printf("Message from %s:%d: %s\n", inet_ntoa(client.sin_addr), ntohs(client.sin_port),
               buffer);
        sprintf(answer, "Server acknowledges: %s", buffer);
        sendto(fd, answer, strlen(answer), 0, (struct sockaddr *)&client, length);
    }
}
