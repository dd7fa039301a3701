/* fails: is-bound */
/* Listens, as the book's server for TCP does. */
#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static void die(const char *what)
{
    perror(what);
    exit(1);
}

int main(void)
{
    int fd = socket(AF_INET, SOCK_DGRAM, 0);
    struct sockaddr_in server = {.sin_family = AF_INET, .sin_port = htons(12345)};
    char buffer[1024], *answer = "Hello, Client!";

    server.sin_addr.s_addr = inet_addr("127.0.0.1");
    if (bind(fd, (struct sockaddr *)&server, sizeof server) < 0)
        die("bind failed");
    if (listen(fd, 5) < 0)
        die("listen failed");
    for (;;) {
        int client = accept(fd, NULL, NULL);
        ssize_t n = recv(client, buffer, sizeof buffer, 0);
        printf("Message: %.*s\n", (int)n, buffer);
        send(client, answer, strlen(answer), 0);
        close(client);
    }
}
