namespace OrleansBroker.Scale;

/// <summary>What a million costs in one process, with the broker's own silo, grains and shards and no network: <c>Scale retained|sessions [COUNT]</c>.</summary>
internal static class Program
{
    private const int Million = 1_000_000;

    public static async Task<int> Main(string[] arguments)
    {
        var count = arguments.Length > 1 && int.TryParse(arguments[1], out var given) && given > 0 ? given : Million;
        await using var silo = await BenchSilo.StartAsync(count);
        switch (arguments)
        {
            case ["retained", ..]:
                await RetainedScale.RunAsync(silo, count);
                return 0;
            case ["sessions", ..]:
                await SessionScale.RunAsync(silo, count);
                return 0;
            default:
                await Console.Error.WriteLineAsync("usage: Scale retained|sessions [COUNT]");
                return 2;
        }
    }
}
