/* fails: sends-the-greeting */
/* Takes the size of a pointer for the length of the text. */
#include <arpa/inet.h>
#include <stdio.h>
#include <sys/socket.h>

int main(void)
{
    int fd = socket(AF_INET, SOCK_DGRAM, 0);
    struct sockaddr_in server = {.sin_family = AF_INET, .sin_port = htons(12345)};
    socklen_t length = sizeof server;
    char *greeting = "Hello, Server!", answer[1024];

    server.sin_addr.s_addr = inet_addr("127.0.0.1");
    sendto(fd, greeting, sizeof greeting, 0, (struct sockaddr *)&server, sizeof server);
    ssize_t n = recvfrom(fd, answer, sizeof answer, 0, (struct sockaddr *)&server, &length);
    printf("Response from %s:%d: %.*s\n", inet_ntoa(server.sin_addr), ntohs(server.sin_port),
           (int)n, answer);
    return 0;
}
