from ._node import main

main()
