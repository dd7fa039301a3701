/* fails: answers */
/* Reads a header of four bytes and then the rest, as from a stream. */
#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

int main(void)
{
    int fd = socket(AF_INET, SOCK_DGRAM, 0);
    struct sockaddr_in server = {.sin_family = AF_INET, .sin_port = htons(4010)}, client;
    char header[4], buffer[1024], *answer = "Message received";

    server.sin_addr.s_addr = inet_addr("192.168.0.108");
    if (bind(fd, (struct sockaddr *)&server, sizeof server) < 0) {
        perror("bind");
        return 1;
    }
    printf("Server is listening on port 4010\n");
    for (;;) {
        socklen_t length = sizeof client;
        recvfrom(fd, header, sizeof header, 0, (struct sockaddr *)&client, &length);
        ssize_t n = recvfrom(fd, buffer, sizeof buffer, 0, (struct sockaddr *)&client, &length);
        printf("Message from %s:%d: %.4s%.*s\n", inet_ntoa(client.sin_addr),
               ntohs(client.sin_port), header, (int)n, buffer);
        sendto(fd, answer, strlen(answer), 0, (struct sockaddr *)&client, length);
    }
}
