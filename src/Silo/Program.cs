using OrleansBroker.Silo;
using OrleansBroker.Silo.Checkpoints;
using OrleansBroker.Silo.CommandLine;
using OrleansBroker.Silo.Hosting;

try
{
    switch (CommandLineParser.Parse(args))
    {
        case Invocation.Help:
            await Console.Out.WriteAsync(HelpText.Format());
            return ExitCode.Done;
        case Invocation.Version:
            await Console.Out.WriteLineAsync($"orleans-broker {ProgramVersion.Text}");
            return ExitCode.Done;
        case Invocation.Password password:
            PasswordCommand.Run(password, new ConsolePrompt(), Console.Out);
            return ExitCode.Done;
        case Invocation.ApiKey key:
            ApiKeyCommand.Run(key, TimeProvider.System, Console.Out);
            return ExitCode.Done;
        case Invocation.Checkpoint checkpoint:
            await CheckpointCommand.RunAsync(checkpoint, Console.Out);
            return ExitCode.Done;
        case Invocation.Serve serve:
            await BrokerHost.RunAsync(serve, Console.Out);
            return ExitCode.Done;
        case Invocation.Bad bad:
            throw new BadOptionsException($"{bad.Reason} --help says more.");
        default:
            throw new InvalidOperationException("An invocation without a case.");
    }
}
catch (BadOptionsException e)
{
    foreach (string problem in e.Problems)
        await Console.Error.WriteLineAsync($"orleans-broker: {problem}");
    return ExitCode.BadOptions;
}
catch (Exception e) when (e is StartFailedException or NodeFailedException or CheckpointFailedException)
{
    await Console.Error.WriteLineAsync($"orleans-broker: {e.Message}");
    return ExitCode.Failed;
}
