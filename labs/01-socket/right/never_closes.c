/* Never calls close, and no line end follows what it prints: exit closes, and fflush shows. */
#include <stdio.h>
#include <sys/socket.h>

int main(void)
{
    if (socket(AF_INET, SOCK_DGRAM, 0) < 0) {
        perror("socket");
        return 1;
    }
    printf("a datagram socket; Enter ends this ");
    fflush(stdout);
    getchar();
    return 0;
}
