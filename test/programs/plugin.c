/* Built as a shared object; opened by host.c. */
int plugin_calls;

struct plugin_state {
    int version;
    const char *name;
};

struct plugin_state plugin_state = {3, "plugin"};

static int helper(int value) { return value + plugin_state.version; }

int plugin_run(int value) {
    int result;
    plugin_calls++;
    result = helper(value);
    return result * 2;
}
