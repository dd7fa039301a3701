/* fails: sends-the-line */
/* Reads with scanf, which stops at a space. */
#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

int main(void)
{
    int fd = socket(AF_INET, SOCK_DGRAM, 0);
    struct sockaddr_in server = {.sin_family = AF_INET, .sin_port = htons(12345)};
    socklen_t length = sizeof server;
    char line[1024], answer[1024];

    server.sin_addr.s_addr = inet_addr("127.0.0.1");
    printf("Enter a message to send to the server: ");
    scanf("%1023s", line);
    printf("Sending '%s' to 127.0.0.1:12345\n", line);
    sendto(fd, line, strlen(line), 0, (struct sockaddr *)&server, sizeof server);
    ssize_t n = recvfrom(fd, answer, sizeof answer, 0, (struct sockaddr *)&server, &length);
    printf("Response from %s:%d: %.*s\n", inet_ntoa(server.sin_addr), ntohs(server.sin_port),
           (int)n, answer);
    return 0;
}
