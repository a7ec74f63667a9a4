using System.Globalization;

namespace OrleansBroker.Durable;

/// <summary>
/// Load with durable sessions, which mqttload's pairs do not have: publishers at QoS 1, each with a topic and a durable subscriber of its own, and how long a PUBACK takes.
/// <c>Durable --port P --pid P [--server P] [--pairs 50] [--window 20] [--size 100] [--warmup 3] [--seconds 10] [--delay MS] [--offline] | --sessions N</c>
/// </summary>
internal static class Program
{
    public static async Task<int> Main(string[] arguments)
    {
        if (DurableOptions.Parse(arguments) is not { } options)
        {
            await Console.Error.WriteLineAsync("usage: Durable --port P --pid P [--server P] [--pairs N] [--window N] [--size BYTES] [--warmup S] [--seconds S] [--delay MS] [--offline] | --sessions N");
            return 2;
        }

        if (options.Sessions > 0)
        {
            Console.WriteLine((await SessionsRun.RunAsync(options)).ToString(CultureInfo.InvariantCulture));
            return 0;
        }

        var result = await new DurableRun(options).RunAsync();
        Console.WriteLine(result.ToString(CultureInfo.InvariantCulture));
        return result.IsWhole ? 0 : 1;
    }
}
