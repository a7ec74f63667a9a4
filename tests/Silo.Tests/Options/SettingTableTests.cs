using OrleansBroker.Silo.Options;
using OrleansBroker.Silo.Options.Table;

namespace OrleansBroker.Silo.Tests.Options;

public sealed class SettingTableTests
{
    public static TheoryData<string> Keys => [.. SettingTable.All.Select(setting => setting.Key)];

    [Theory]
    [MemberData(nameof(Keys))]
    public void Default_WrittenAsOption_ReadsBackAndFits(string key)
    {
        var setting = SettingTable.Find(key)!;

        Assert.True(setting.Value.TryParse(setting.Default, out object? value), $"{key}={setting.Default}");
        Assert.Equal(setting.Default, setting.Value.Format(value));
    }

    [Theory]
    [MemberData(nameof(Keys))]
    public void Meaning_EachOption_IsASentence(string key) => Assert.EndsWith(".", SettingTable.Find(key)!.Meaning, StringComparison.Ordinal);

    [Fact]
    public void All_FixedInterface_IsThere()
    {
        string[] keys =
        [
            "Broker:Roles", "Broker:Listeners:Tcp", "Broker:Listeners:WebSocket", "Broker:Listeners:WebSocketOrigins", "Broker:Listeners:Tls", "Broker:Listeners:SecureWebSocket", "Broker:Http:Listen", "Broker:Http:KeyFile",
            "Broker:Storage:Provider", "Broker:Storage:Path", "Broker:Storage:ConnectionString", "Broker:Cluster:Provider", "Broker:Cluster:ConnectionString",
            "Broker:Cluster:Id", "Broker:Cluster:Address", "Broker:Cluster:SiloPort", "Broker:Cluster:Shards", "Broker:Cluster:ShardLevels",
            "Broker:Authentication:PasswordFile", "Broker:Authorization:File", "Broker:AllowAnonymous",
        ];

        Assert.Empty(keys.Except(SettingTable.All.Select(setting => setting.Key)));
    }

    [Theory]
    [InlineData("Broker:Limits:MaxInfligth", "Broker:Limits:MaxInflight")]
    [InlineData("Broker:Storage:Pfad", "Broker:Storage:Path")]
    [InlineData("broker:listeners:tpc", "Broker:Listeners:Tcp")]
    public void Nearest_Slip_IsWhatWasMeant(string slip, string meant) => Assert.Equal(meant, SettingTable.Nearest(slip));

    [Fact]
    public void Default_Options_PassTheRules() => Assert.Empty(OptionsRules.Check(new BrokerOptions()));
}
