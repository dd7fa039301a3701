/* Reads with read, sends the same bytes, answers in one line that no line end follows. */
#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

static ssize_t check(ssize_t result, const char *what)
{
    if (result < 0) {
        perror(what);
        exit(1);
    }
    return result;
}

int main(void)
{
    char line[1024], answer[1024], host[INET_ADDRSTRLEN];
    struct sockaddr_in server = {.sin_family = AF_INET, .sin_port = htons(12345)};
    struct sockaddr_in from;
    socklen_t from_length = sizeof from;
    server.sin_addr.s_addr = htonl(INADDR_LOOPBACK);

    fprintf(stderr, "message? ");
    ssize_t length = check(read(STDIN_FILENO, line, sizeof line), "read");
    if (length > 0 && line[length - 1] == '\n')
        length--;

    int fd = check(socket(AF_INET, SOCK_DGRAM, 0), "socket");
    fprintf(stderr, "[%.*s] to 127.0.0.1:12345 ... ", (int)length, line);
    check(sendto(fd, line, length, 0, (struct sockaddr *)&server, sizeof server), "sendto");
    length = check(recvfrom(fd, answer, sizeof answer, 0, (struct sockaddr *)&from, &from_length),
                   "recvfrom");
    inet_ntop(AF_INET, &from.sin_addr, host, sizeof host);
    printf("%s:%d: %.*s", host, ntohs(from.sin_port), (int)length, answer);
}
