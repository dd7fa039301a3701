/* fails: says-so, likelier: out-silent */
/* Leaves its text in the buffer: no line end follows it, and read does not flush. */
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

int main(void)
{
    int fd = socket(AF_INET, SOCK_DGRAM, 0);
    char key;

    printf("Socket created. Press Enter to close it. ");
    read(STDIN_FILENO, &key, 1);
    close(fd);
    return 0;
}
