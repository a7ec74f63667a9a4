using System.Globalization;

namespace OrleansBroker.Durable;

/// <summary>What is to be run.</summary>
/// <param name="Delay">Between a message's arrival and its PUBACK: a subscriber that is far away.</param>
/// <param name="Offline">The subscribers leave before anything is published.</param>
/// <param name="Sessions">If above 0: so many durable sessions with a subscription each are made and left, and nothing else.</param>
internal sealed record DurableOptions(int Port, int[] Processes, int Pairs, int Window, int Size, int Warmup, int Seconds, TimeSpan Delay, bool Offline, int Sessions)
{
    public static DurableOptions? Parse(string[] arguments)
    {
        var values = new Dictionary<string, string>
        {
            ["--pairs"] = "50",
            ["--window"] = "20",
            ["--size"] = "100",
            ["--warmup"] = "3",
            ["--seconds"] = "10",
            ["--delay"] = "0",
            ["--pid"] = "",
            ["--sessions"] = "0",
        };
        for (var i = 0; i < arguments.Length; i++)
        {
            if (arguments[i] == "--offline") values["--offline"] = "";
            else if (i + 1 < arguments.Length) values[arguments[i]] = arguments[++i];
            else return null;
        }

        if (!values.TryGetValue("--port", out var port)) return null;
        return new DurableOptions(
            Number(port),
            [.. values["--pid"].Split(',', StringSplitOptions.RemoveEmptyEntries).Select(Number)],
            Number(values["--pairs"]),
            Number(values["--window"]),
            Number(values["--size"]),
            Number(values["--warmup"]),
            Number(values["--seconds"]),
            TimeSpan.FromMilliseconds(Number(values["--delay"])),
            values.ContainsKey("--offline"),
            Number(values["--sessions"]));
    }

    private static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);
}
