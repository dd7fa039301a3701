/* fails: adds */
/* Takes the struct as it lies in memory. */
#include <arpa/inet.h>
#include <stdint.h>
#include <sys/socket.h>

struct message {
    uint32_t client, number, what;
    int32_t value;
};

int main(void)
{
    int fd = socket(AF_INET, SOCK_DGRAM, 0);
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(12012)};
    bind(fd, (struct sockaddr *)&address, sizeof address);
    int32_t counter = 0;
    for (;;) {
        struct message message;
        struct sockaddr_in sender;
        socklen_t length = sizeof sender;
        recvfrom(fd, &message, sizeof message, 0, (struct sockaddr *)&sender, &length);
        counter += message.value;
        message.what = 128;
        message.value = counter;
        sendto(fd, &message, sizeof message, 0, (struct sockaddr *)&sender, length);
    }
}
