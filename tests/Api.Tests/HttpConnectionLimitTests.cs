using Microsoft.AspNetCore.Connections;

namespace OrleansBroker.Api.Tests;

public sealed class HttpConnectionLimitTests
{
    [Fact]
    public async Task Around_OneMoreThanTheLimit_IsNotServedUntilOneGoes()
    {
        var served = new List<TaskCompletionSource>();
        var limit = new HttpConnectionLimit(maxConnections: 2).Around(_ =>
        {
            var open = new TaskCompletionSource();
            served.Add(open);
            return open.Task;
        });

        var first = limit(new DefaultConnectionContext());
        var second = limit(new DefaultConnectionContext());
        Assert.True(limit(new DefaultConnectionContext()).IsCompletedSuccessfully);
        Assert.Equal(2, served.Count);

        served[0].SetResult();
        await first;
        var third = limit(new DefaultConnectionContext());
        Assert.Equal(3, served.Count);
        served[1].SetException(new IOException());
        await Assert.ThrowsAsync<IOException>(() => second);
        served[2].SetResult();
        await third;
    }
}
