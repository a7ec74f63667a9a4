using System.Globalization;
using System.Text;
using OrleansBroker.Gateway.Admission;
using OrleansBroker.Gateway.Admission.Rules;

namespace OrleansBroker.Gateway.Tests.Admission.Rules;

public sealed class RulePermissionsTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(16)]
    public void MayPublish_MoreTopicsThanRemembered_StaysRight(int cacheEntries)
    {
        var permissions = Hundred(cacheEntries);
        var random = new Random(7);

        for (int i = 0; i < 5_000; i++)
        {
            int number = random.Next(300);
            bool allowed = number < 100;
            Assert.Equal(allowed, permissions.MayPublish(Topic(number)));
        }
    }

    [Fact]
    public void MayPublish_TopicsOfOneSlotAndLength_AreToldApart()
    {
        var cache = new PermissionCache(1);
        uint hash = PermissionCache.HashOf("aa"u8);

        cache.Set("aa"u8, hash, allowed: true);

        Assert.True(cache.TryGet("aa"u8, hash, out bool allowed) && allowed);
        Assert.False(cache.TryGet("ab"u8, hash, out _));
        Assert.False(cache.TryGet("a"u8, hash, out _));
        Assert.False(cache.TryGet(""u8, hash, out _));
    }

    [Fact]
    public void MayPublish_LongTopic_IsDecidedEachTime()
    {
        var permissions = Hundred(16);
        byte[] topic = Encoding.UTF8.GetBytes($"plant/5/data/{new string('x', 60_000)}");

        Assert.True(permissions.MayPublish(topic));
        Assert.True(permissions.MayPublish(topic));
    }

    [Fact]
    public void MayPublishAndMaySubscribe_HundredRules_AllocateNothing()
    {
        var permissions = Hundred(16);
        byte[][] topics = [.. Enumerable.Range(0, 300).Select(Topic)];
        foreach (byte[] topic in topics)
            permissions.MayPublish(topic);

        long before = GC.GetAllocatedBytesForCurrentThread();
        int allowed = 0;
        foreach (byte[] topic in topics)
            allowed += (permissions.MayPublish(topic) ? 1 : 0) + (permissions.MaySubscribe(topic) ? 1 : 0);
        long after = GC.GetAllocatedBytesForCurrentThread();

        Assert.Equal(100, allowed);
        Assert.Equal(0, after - before);
    }

    // plant/0/data/# to plant/99/data/#.
    private static ConnectionPermissions Hundred(int cacheEntries)
    {
        string[] lines = [.. Enumerable.Range(0, 100).Select(i => string.Create(CultureInfo.InvariantCulture, $"allow publish plant/{i}/data/#"))];
        return new RuleAuthorizer(AuthorizationFile.Parse("rules", lines), cacheEntries).For(ClientIdentity.Anonymous, "c");
    }

    private static byte[] Topic(int number) => Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"plant/{number}/data/x"));
}
