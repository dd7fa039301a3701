/* Sets SO_REUSEADDR, out of habit: it shares the port only with a socket that has set it too. */
#include <arpa/inet.h>
#include <err.h>
#include <poll.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

int main(void)
{
    int on = 1;
    int fd = socket(AF_INET, SOCK_DGRAM, 0);
    if (fd < 0)
        err(3, "socket");
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);

    struct sockaddr_in server = {.sin_family = AF_INET, .sin_port = htons(12345)};
    server.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (bind(fd, (struct sockaddr *)&server, sizeof server) < 0)
        err(3, "bind");

    char line[80];
    struct pollfd terminal = {.fd = STDIN_FILENO, .events = POLLIN};
    fprintf(stderr, "bound ... ");
    if (poll(&terminal, 1, -1) < 0 || read(STDIN_FILENO, line, sizeof line) < 0)
        err(3, "terminal");
    return 0;
}
