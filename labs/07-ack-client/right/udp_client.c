/* The tutorial's client in C. Bytes are bytes to it: it prints any answer, UTF-8 or not. */
#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static int talk(int fd)
{
    struct sockaddr_in server = {.sin_family = AF_INET, .sin_port = htons(12345)};
    server.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    char line[1024], answer[1024];

    printf("Enter a message to send to the server: ");
    fflush(stdout);
    if (!fgets(line, sizeof line, stdin))
        return -1;
    line[strcspn(line, "\n")] = '\0';

    printf("Sending '%s' to 127.0.0.1:12345\n", line);
    if (sendto(fd, line, strlen(line), 0, (struct sockaddr *)&server, sizeof server) < 0)
        return -1;

    printf("Waiting for server response...\n");
    struct sockaddr_in from;
    socklen_t from_length = sizeof from;
    ssize_t length =
        recvfrom(fd, answer, sizeof answer, 0, (struct sockaddr *)&from, &from_length);
    if (length < 0)
        return -1;
    printf("Response from server %s:%d: '%.*s'\n", inet_ntoa(from.sin_addr), ntohs(from.sin_port),
           (int)length, answer);
    return 0;
}

int main(void)
{
    int fd = socket(AF_INET, SOCK_DGRAM, 0);
    if (fd < 0 || talk(fd) < 0)
        perror("An error occurred");
    close(fd);
    printf("Socket closed.\n");
}
