/* Connects its datagram socket, so that send needs no address and recv hears only the server. */
#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static void check(ssize_t result, const char *what)
{
    if (result < 0) {
        perror(what);
        exit(1);
    }
}

int main(void)
{
    int fd = socket(AF_INET, SOCK_DGRAM, 0);
    check(fd, "socket");
    struct sockaddr_in server = {.sin_family = AF_INET, .sin_port = htons(12345)};
    server.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    check(connect(fd, (struct sockaddr *)&server, sizeof server), "connect");

    fputs("> ", stdout);
    fflush(stdout);
    char *line = NULL;
    size_t room = 0;
    ssize_t length = getline(&line, &room, stdin);
    check(length, "getline");
    if (length > 0 && line[length - 1] == '\n')
        line[--length] = '\0';

    printf("sending \"%s\" to port 12345\n", line);
    check(send(fd, line, length, 0), "send");
    free(line);

    char answer[2048];
    check(length = recv(fd, answer, sizeof answer, 0), "recv");
    printf("127.0.0.1 port 12345 answers \"%.*s\"\n", (int)length, answer);
    close(fd);
}
