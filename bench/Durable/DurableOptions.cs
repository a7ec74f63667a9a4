using System.Globalization;

namespace OrleansBroker.Durable;

/// <summary>What is to be run.</summary>
/// <param name="Delay">Between a message's arrival and its PUBACK: a subscriber that is far away.</param>
/// <param name="Offline">The subscribers leave before anything is published.</param>
/// <param name="Sessions">If above 0: so many durable sessions with a subscription each are made and left, and nothing else.</param>
/// <param name="Server">Process of the store's server; 0 for none.</param>
internal sealed record DurableOptions(int Port, int Broker, int Server, int Pairs, int Window, int Size, int Warmup, int Seconds, TimeSpan Delay, bool Offline, int Sessions)
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
            ["--server"] = "0",
            ["--sessions"] = "0",
        };
        for (var i = 0; i < arguments.Length; i++)
        {
            if (arguments[i] == "--offline") values["--offline"] = "";
            else if (i + 1 < arguments.Length) values[arguments[i]] = arguments[++i];
            else return null;
        }

        if (!values.TryGetValue("--port", out var port) || !values.TryGetValue("--pid", out var pid)) return null;
        return new DurableOptions(
            Number(port),
            Number(pid),
            Number(values["--server"]),
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
