using System.Text;
using OrleansBroker.TestKit;

namespace OrleansBroker.Api.Tests.Documentation;

/// <summary>The fenced blocks of docs/rest and of docs/metrics.md that call curl, in their order.</summary>
internal static class CurlBlocks
{
    private const string Fence = "```";

    // Blocks of this kind are read, not run.
    private const string NotRun = "text";

    // Fails on a problem, and does not wait for the end of a feed (-N). A page's blocks share a folder and what they set in small letters.
    private const string Before =
        """
        set -eu -o pipefail
        curl() {
          if [[ " $* " == *" -N "* ]]; then command curl -sS --fail-with-body --max-time 3 "$@" || [ $? -eq 28 ]
          else command curl -sS --fail-with-body --max-time 30 "$@"; fi
        }
        if [ -e .variables ]; then . ./.variables; fi

        """;

    private const string After =
        """

        (set -o posix; set) | grep -E '^[a-z]+=' >.variables || true
        """;

    /// <summary>The pages that have such blocks, as they are called in docs.</summary>
    public static IEnumerable<string> Files => Directory.EnumerateFiles(Repository.PathOf("docs", "rest"), "*.md").Append(Repository.PathOf("docs", "metrics.md"))
        .Where(static path => Read(path).Count > 0).Select(static path => Path.GetRelativePath(Repository.PathOf("docs"), path)).Order(StringComparer.Ordinal);

    /// <summary>A bash script for each block of a file.</summary>
    /// <param name="file">One of <see cref="Files"/>.</param>
    /// <param name="actual">What stands in the file, and what takes its place.</param>
    public static IEnumerable<string> ScriptsOf(string file, params IReadOnlyList<(string Written, string Actual)> actual) =>
        from block in Read(Repository.PathOf("docs", file))
        select actual.Aggregate(Before + block + After, static (script, each) => script.Replace(each.Written, each.Actual, StringComparison.Ordinal));

    private static List<string> Read(string path)
    {
        var blocks = new List<string>();
        StringBuilder? open = null;
        bool runs = false;
        foreach (string line in File.ReadLines(path))
        {
            if (!line.StartsWith(Fence, StringComparison.Ordinal))
            {
                open?.Append(line).Append('\n');
                continue;
            }
            if (open is null)
            {
                (open, runs) = (new(), line[Fence.Length..] != NotRun);
                continue;
            }
            string block = open.ToString();
            if (runs && block.Split('\n').Any(static each => each.TrimStart().StartsWith("curl ", StringComparison.Ordinal) || each.Contains("$(curl ", StringComparison.Ordinal)))
                blocks.Add(block);
            open = null;
        }
        return blocks;
    }
}
