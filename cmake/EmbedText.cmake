# cmake -D INPUT=<text file> -D OUTPUT=<file to include> -P EmbedText.cmake: the text as C++ string literals, to stand where
# one may. Compilers limit how long one is, so each paragraph is its own.
file(READ "${INPUT}" text)
string(REPLACE "\n\n" "\n\n)text\"\nR\"text(" text "${text}")
file(WRITE "${OUTPUT}" "R\"text(${text})text\"\n")
