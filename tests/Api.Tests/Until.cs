namespace OrleansBroker.Api.Tests;

/// <summary>Waits for what the broker shows a moment later. A test that waits in vain fails; it does not hang.</summary>
internal static class Until
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);

    public static Task TrueAsync(Func<bool> isSo) => TrueAsync(() => Task.FromResult(isSo()));

    public static async Task TrueAsync(Func<Task<bool>> isSo)
    {
        using var limit = new CancellationTokenSource(Patience, TimeProvider.System);
        while (!await isSo()) await Task.Delay(Pause, TimeProvider.System, limit.Token);
    }
}
