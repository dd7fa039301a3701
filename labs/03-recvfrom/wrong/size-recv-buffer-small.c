/* fails: prints-the-message */
/* Takes the size of a pointer for that of what it points to. */
#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>

int main(void)
{
    int fd = socket(AF_INET, SOCK_DGRAM, 0);
    struct sockaddr_in server = {.sin_family = AF_INET, .sin_port = htons(12345)}, client;
    socklen_t length = sizeof client;
    char *buffer = malloc(1024);

    server.sin_addr.s_addr = inet_addr("127.0.0.1");
    if (bind(fd, (struct sockaddr *)&server, sizeof server) < 0) {
        perror("bind");
        return 1;
    }
    ssize_t n = recvfrom(fd, buffer, sizeof buffer, 0, (struct sockaddr *)&client, &length);
    printf("Message from %s:%d: %.*s\n", inet_ntoa(client.sin_addr), ntohs(client.sin_port),
           (int)n, buffer);
    return 0;
}
