/* A child owns the socket and reads the terminal; the parent waits and passes its status on. */
#include <stdio.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

static int child(void)
{
    int fd = socket(AF_INET, SOCK_DGRAM, 0);
    char line[80];
    if (fd < 0) {
        perror("socket");
        return 1;
    }
    printf("Socket created. Press Enter to close it.\n");
    if (!fgets(line, sizeof line, stdin))
        return 1;
    close(fd);
    return 0;
}

int main(void)
{
    int status = 0;
    pid_t pid = fork();
    if (pid == 0)
        return child();
    if (pid < 0 || waitpid(pid, &status, 0) < 0) {
        perror("fork");
        return 1;
    }
    return WIFEXITED(status) ? WEXITSTATUS(status) : 1;
}
