#include "tools/usher_issuer.hpp"

int main(int argc, char** argv)
{
    return usher::tools::usher_issuer({argv + 1, argv + argc}, usher::issuer::of_this_machine());
}
