/* fails: any-text */
/* Takes a line end off, as one does behind fgets: the message ends where its first one is. */
#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

int main(void) {
    int fd = socket(AF_INET, SOCK_DGRAM, 0);
    struct sockaddr_in address = { .sin_family = AF_INET, .sin_port = htons(12345) };
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (fd < 0 || bind(fd, (struct sockaddr *)&address, sizeof address) < 0) {
        perror("bind");
        return 1;
    }
    printf("UDP server is up and listening on port 12345\n");
    for (;;) {
        char message[1025], answer[1100];
        struct sockaddr_in client;
        socklen_t size = sizeof client;
        ssize_t n = recvfrom(fd, message, 1024, 0, (struct sockaddr *)&client, &size);
        if (n < 0) {
            perror("recvfrom");
            return 1;
        }
        message[n] = '\0';
        message[strcspn(message, "\n")] = '\0';
        printf("Message from %s:%d: %s\n", inet_ntoa(client.sin_addr), ntohs(client.sin_port), message);
        int length = snprintf(answer, sizeof answer, "Server acknowledges: %s", message);
        sendto(fd, answer, length, 0, (struct sockaddr *)&client, size);
    }
}
