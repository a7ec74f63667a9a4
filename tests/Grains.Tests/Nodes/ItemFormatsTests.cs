using Microsoft.Extensions.DependencyInjection;
using Orleans.Metadata;
using OrleansBroker.Grains.Nodes.Items;
using OrleansBroker.Grains.Tests.Cluster;
using OrleansBroker.Mqtt.Reasons;

namespace OrleansBroker.Grains.Tests.Nodes;

/// <summary>Two versions of the program in one cluster (invariant H7).</summary>
public sealed class ItemFormatsTests
{
    [Theory]
    [InlineData("1-1", 1)]
    [InlineData("1-2", 2)]
    [InlineData("2-3", 3)]
    [InlineData("3-4", 3)]
    [InlineData("1-9", 3)]
    [InlineData("4-5", 3)]
    [InlineData("0-0", 1)]
    [InlineData("", 1)]
    public void Choose_IsTheNewestThatBothKnow(string theirs, byte expected) => Assert.Equal(expected, new ItemFormats(1, 3).Choose(ItemFormats.Parse(theirs)));

    [Theory]
    [InlineData(1, 1, false)]
    [InlineData(1, 2, true)]
    [InlineData(3, 4, true)]
    [InlineData(4, 5, false)]
    public void Meets_AnyVersionInCommon(byte oldest, byte newest, bool expected) => Assert.Equal(expected, new ItemFormats(2, 3).Meets(new ItemFormats(oldest, newest)));

    [Theory]
    [InlineData("1")]
    [InlineData("2-1")]
    [InlineData("-1-2")]
    [InlineData("1-256")]
    [InlineData("a-b")]
    [InlineData("1-2-3")]
    public void Parse_Nonsense_IsNothing(string text) => Assert.Null(ItemFormats.Parse(text));

    [Fact]
    public void Write_IsWhatParseReads()
    {
        var properties = new Dictionary<string, string>();
        new ItemFormats(7, 12).Write(properties);
        Assert.Equal("7-12", Assert.Single(properties, static property => property.Key == "broker.formats").Value);
        Assert.Equal(new ItemFormats(7, 12), ItemFormats.Parse("7-12"));
    }

    [Fact]
    public async Task Node_AnnouncesANewerFormatToo_GetsTheOneThatItSharesAndUnderstandsIt()
    {
        await using var cluster = await BrokerCluster.StartAsync(
            silos: 2, services: static (silo, services) => _ = silo == 0 ? services : services.AddSingleton<IGrainPropertiesProvider>(new Announced(new ItemFormats(2, 3))));
        var (node, newer) = (cluster.Nodes[0], cluster.Nodes[1]);
        await BrokerCluster.EventuallyAsync(() => node.View.FormatsOf(newer.Address) == new ItemFormats(2, 3));
        Assert.Equal(ItemFormats.Own, newer.View.FormatsOf(node.Address));
        Assert.Equal(2, node.Senders.VersionFor(newer.Address));
        Assert.Equal(2, node.Senders.VersionForAll);

        await cluster.OpenShardsAsync();
        var subscriber = newer.Client("formats");
        await subscriber.ConnectAsync();
        await subscriber.SubscribeAsync("formats/#");
        for (var i = 0; i < BrokerCluster.Shards; i++) Assert.Equal(ReasonCode.Success, await node.Client("formats-p").PublishAsync($"formats/{i}/t", $"{i}"));
        for (var i = 0; i < BrokerCluster.Shards; i++) Assert.Equal($"{i}", await subscriber.NextPayloadAsync());
    }

    private sealed class Announced(ItemFormats formats) : IGrainPropertiesProvider
    {
        public void Populate(Type grainClass, GrainType grainType, Dictionary<string, string> properties) => formats.Write(properties);
    }
}
