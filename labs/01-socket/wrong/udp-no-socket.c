/* fails: creates-a-datagram-socket, likelier: udp-socket-closed-early */
/* Asks for datagrams over TCP: socket fails, and nobody looks. */
#include <netinet/in.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

int main(void)
{
    int fd = socket(AF_INET, SOCK_DGRAM, IPPROTO_TCP);

    printf("Socket created. Press Enter to close it.\n");
    getchar();
    close(fd);
    return 0;
}
