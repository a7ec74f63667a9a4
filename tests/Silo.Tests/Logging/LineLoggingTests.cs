using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using OrleansBroker.Silo.Logging;

namespace OrleansBroker.Silo.Tests.Logging;

public sealed class LineLoggingTests
{
    private const string Ours = "OrleansBroker.Gateway.Connections.ConnectionLog";
    private const string Theirs = "Orleans.Runtime.Catalog";

    [Theory]
    [InlineData("", "", LogLevel.Information, LogLevel.Warning)]
    [InlineData("Default", "Debug", LogLevel.Debug, LogLevel.Warning)]
    [InlineData("Default", "None", LogLevel.None, LogLevel.Warning)]
    [InlineData("Orleans", "Trace", LogLevel.Information, LogLevel.Trace)]
    [InlineData("OrleansBroker", "Error", LogLevel.Error, LogLevel.Warning)]
    public void AddLines_LevelOfACategory_CountsForThatCategoryOnly(string category, string level, LogLevel ours, LogLevel theirs)
    {
        using var services = Services(category, level);
        var factory = services.GetRequiredService<ILoggerFactory>();

        Assert.Equal(ours, LowestOf(factory.CreateLogger(Ours)));
        Assert.Equal(theirs, LowestOf(factory.CreateLogger(Theirs)));
    }

    private static ServiceProvider Services(string category, string level)
    {
        var configuration = new ConfigurationBuilder()
            .AddInMemoryCollection(LineLogging.Defaults)
            .AddInMemoryCollection(category.Length == 0 ? [] : [new($"Logging:LogLevel:{category}", level)])
            .Build();
        return new ServiceCollection().AddSingleton(TimeProvider.System).AddLogging(logging => logging.AddLines(configuration)).BuildServiceProvider();
    }

    private static LogLevel LowestOf(ILogger logger) => Enum.GetValues<LogLevel>().First(level => level == LogLevel.None || logger.IsEnabled(level));
}
